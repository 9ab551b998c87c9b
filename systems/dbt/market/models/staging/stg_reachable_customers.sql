{{ config(materialized='ephemeral') }}
select customer_id, full_name, e_mail
from {{ ref('stg_customers') }}
where e_mail is not null
