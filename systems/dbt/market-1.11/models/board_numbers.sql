select sum(amount) as revenue from {{ ref('fct_sales') }}
