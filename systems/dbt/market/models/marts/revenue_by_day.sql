{{ config(alias='Revenue per Day') }}
select sold_on, sum(amount) as "Total €", count(*) as "sales.count"
from {{ ref('fct_sales') }}
group by sold_on
