select customer_id, full_name
from {{ ref('dim_customers_v1') }}
