{{ config(materialized='ephemeral') }}
select * from {{ ref('papers') }} where price > 0
