{% snapshot customers_history %}
{{ config(target_schema='history', unique_key='customer_id', strategy='check', check_cols=['full_name', 'e_mail']) }}
select customer_id, full_name, e_mail from {{ source('till', 'customers') }}
{% endsnapshot %}
