{{ config(alias='umsätze_日本', schema='Odd Schema') }}
select country_code as "länder", sum(amount) as "größe (€)"
from {{ ref('stg_sales') }}
group by country_code
