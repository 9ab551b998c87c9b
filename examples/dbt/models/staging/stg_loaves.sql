select
    id as loaf_id,
    oven_id,
    shop_code,
    kind,
    price_cents / 100.0 as price,
    baked_at,
    cast(baked_at as date) as baked_on,
    customer_email is not null as has_card
from {{ source('bakery', 'loaves') }}
