select customer_id, full_name
from {{ ref('dim_customers', v=1) }}
