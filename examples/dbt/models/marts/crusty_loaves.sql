{{ config(materialized='incremental', unique_key='loaf_id') }}

select loaves.loaf_id, ovens.oven, loaves.kind, loaves.price, loaves.baked_at
from {{ ref('stg_loaves') }} as loaves
join {{ ref('hot_ovens') }} as ovens on ovens.oven_id = loaves.oven_id
{% if is_incremental() %}
where loaves.baked_at > (select max(baked_at) from {{ this }})
{% endif %}
