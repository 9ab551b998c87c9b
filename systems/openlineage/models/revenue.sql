select day, sum(price) as amount from {{ ref('sold') }} group by day
{% if var('fail') %} having no_such_column > 0 {% endif %}
