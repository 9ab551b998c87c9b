{{ config(alias='daily_takings', tags=['money']) }}
select cast(sold_at as date) as day, kind, sum(price) as amount, min(paper_id) as first_paper from {{ ref('paid') }} group by 1, 2
