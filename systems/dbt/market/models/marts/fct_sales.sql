{{ config(materialized='incremental', unique_key='sale_id') }}
select s.sale_id, s.customer_id, s.country_code, s.amount, s.sold_on
from {{ ref('stg_sales') }} as s
{% if is_incremental() %}
where s.sale_id > (select max(t.sale_id) from {{ this }} as t)
{% endif %}
