import { testBehindHostileProxy } from "./hostile-airflow.ts";
import { airflow3 } from "./omd.ts";

testBehindHostileProxy(airflow3);
