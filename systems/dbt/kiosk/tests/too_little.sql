select day from {{ ref('takings') }} where amount < 3
