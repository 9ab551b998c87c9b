select loaf_id, price
from {{ ref('crusty_loaves') }}
where price <= 3.25
