select count(*) from {{ ref('fct_sales') }}
