{% snapshot papers_history %}
{{ config(target_schema='history', unique_key='paper_id', strategy='check', check_cols=['price']) }}
select paper_id, price from {{ ref('papers') }}
{% endsnapshot %}
