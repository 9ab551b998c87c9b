-- Fails: customer 4 has no address and is no row of the dimension.
select s.customer_id
from {{ ref('best_customers') }} as b
right join {{ ref('stg_sales') }} as s on s.customer_id = b.customer_id
where b.customer_id is null
