{{ config(materialized='view') }}
select id as paper_id, title as "Title", kind, price, cast(sold_at as timestamp) as sold_at from {{ source('till', 'papers') }}
