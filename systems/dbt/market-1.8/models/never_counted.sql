select count(*) as counted from {{ ref('dim_customers', v=1) }} where customer_id > 0
