select s.sale_id
from {{ ref('fct_sales') }} as s
join {{ ref('sales_by_country') }} as c on c.code = s.country_code
where s.amount < 0
