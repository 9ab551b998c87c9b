{% test at_most(model, column_name, highest) %}
select * from {{ model }} where {{ column_name }} > {{ highest }}
{% endtest %}

{% test at_least(model, rows) %}
select counted from (select count(*) as counted from {{ model }}) as counts where counted < {{ rows }}
{% endtest %}
