{% snapshot shops_history %}
{{ config(unique_key='code', strategy='check', check_cols=['shop']) }}
select code, shop from {{ ref('shops') }}
{% endsnapshot %}
