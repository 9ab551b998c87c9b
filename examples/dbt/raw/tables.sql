-- What the DAG bakery_daily of examples/airflow-recorded brings into the database; dbt begins here.
create table public.ovens (
  id integer primary key,
  name text not null,
  max_celsius integer not null
);

create table public.loaves (
  id integer primary key,
  oven_id integer not null references public.ovens (id),
  shop_code text not null,
  kind text not null,
  price_cents integer not null,
  baked_at timestamp not null,
  customer_email text
);

insert into public.ovens values (1, 'North', 280), (2, 'South', 250), (3, 'Old stone', 320);

insert into public.loaves
select
  n,
  1 + n % 3,
  (array['MILL', 'HARBOUR', 'STATION'])[1 + n % 3],
  (array['rye', 'wheat', 'spelt', 'walnut'])[1 + n % 4],
  320 + 10 * (n % 9),
  timestamp '2026-11-18 04:30:00' + n * interval '17 minutes',
  case when n % 5 = 0 then 'guest' || n || '@bakery.example' end
from generate_series(1, 240) as n;
