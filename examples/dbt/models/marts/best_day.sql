select sold_on, sum(revenue) as revenue
from {{ ref('sales_by_day') }}
group by sold_on
order by revenue desc
limit 1
