{{ config(materialized='view') }}
select c.customer_id, c.full_name, sum(s.amount) as spent
from {{ ref('dim_customers_v2') }} as c
join {{ ref('fct_sales') }} as s on s.customer_id = c.customer_id
group by c.customer_id, c.full_name
