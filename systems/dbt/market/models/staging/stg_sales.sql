select
    id as sale_id,
    customer_id,
    "Country" as country_code,
    amount,
    cast(sold_at as date) as sold_on
from {{ source('till', 'sales') }}
