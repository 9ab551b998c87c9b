{{ config(alias='sales.by.country') }}
with rated as (
    select c.code, c.name, r.rate
    from {{ ref('countries') }} as c
    left join {{ ref('vat_rates') }} as r on r.country = c.code
)
select rated.code, rated.name, sum(s.amount) as revenue, sum(s.amount * rated.rate / 100) as vat
from {{ ref('fct_sales') }} as s
join rated on rated.code = s.country_code
group by rated.code, rated.name
