import { testBehindHostileProxy } from "./hostile-airflow.ts";
import { airflow2 } from "./omd.ts";

testBehindHostileProxy(airflow2);
