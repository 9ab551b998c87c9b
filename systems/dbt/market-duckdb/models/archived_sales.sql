{{ config(database='archive', materialized='table') }}
select sale_id, amount from {{ ref('fct_sales') }}
