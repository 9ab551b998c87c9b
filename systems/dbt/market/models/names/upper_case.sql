{{ config(alias='UPPER_CASE') }}
select sale_id as "ID", amount as "Amount"
from {{ ref('stg_sales') }}
