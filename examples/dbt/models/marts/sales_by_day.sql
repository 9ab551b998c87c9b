select
    loaves.baked_on as sold_on,
    shops.shop,
    count(*) as loaves,
    sum(loaves.price) as revenue
from {{ ref('stg_loaves') }} as loaves
join {{ ref('shops') }} as shops on shops.code = loaves.shop_code
group by loaves.baked_on, shops.shop
