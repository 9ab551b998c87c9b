select * from {{ source('till', 'gone') }}
