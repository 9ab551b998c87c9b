{{ config(materialized='ephemeral') }}
select customer_id, full_name, e_mail
from {{ source('till', 'customers') }}
