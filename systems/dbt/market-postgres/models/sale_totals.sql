{{ config(materialized='materialized_view') }}
select country_code, sum(amount) as total from {{ ref('fct_sales') }} group by country_code
