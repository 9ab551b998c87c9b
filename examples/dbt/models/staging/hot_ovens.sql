{{ config(materialized='ephemeral') }}

select id as oven_id, name as oven
from {{ source('bakery', 'ovens') }}
where max_celsius >= 260
