select bill, customer, total from {{ ref('bills') }} where total > 5
