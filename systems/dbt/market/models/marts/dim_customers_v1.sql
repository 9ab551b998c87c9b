select customer_id, cast(full_name as varchar(80)) as full_name
from {{ ref('stg_reachable_customers') }}
