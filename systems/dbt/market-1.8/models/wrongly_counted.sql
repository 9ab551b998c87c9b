select count(*) as counted from {{ ref('dim_customers', v=1) }}
