select c.customer_id, cast(c.full_name as varchar(80)) as full_name, cast(c.e_mail as varchar(120)) as e_mail
from {{ ref('stg_reachable_customers') }} as c
