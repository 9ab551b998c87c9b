select id, cast(day as date) as day, flour, cast(price as decimal(8, 2)) as price from {{ ref('loaves') }}
