select * from {{ source('till', 'discounts') }}
