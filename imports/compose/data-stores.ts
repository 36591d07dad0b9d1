/** Programs that keep the data of others, as images are called: read as servers, whoever runs them. */
const PROGRAMS =
  /^(redis|valkey|keydb|dragonfly|memcached|postgres|postgresql|postgis|pgvector|timescaledb|cockroach|mysql|mariadb|percona|mssql|oracle|db2|mongo|mongodb|elasticsearch|opensearch|solr|cassandra|scylla|couchdb|couchbase|influxdb|clickhouse|neo4j|arangodb|minio|azurite|rabbitmq|activemq|artemis|kafka|redpanda|nats|pulsar|mosquitto|etcd|zookeeper)\d*$/i;
/** What stands beside them and keeps nothing: `postgres-exporter`, `mongo-express`. */
const BESIDE =
  /(exporter|express|commander|insight|admin|backup|proxy|router|operator|manager|connect|bridge|streams|sync|consumer|producer|listener|worker|service|api|app|rest|registry|client|cli|init|migrate|migrations|dump|box|ui|gui|web|mc|dashboard|dashboards|monitor)$/i;
/** Last parts of names that only say what sort of thing the vendor's product is. */
const GENERIC = /^(server|database|enterprise|free|community|standalone|single|cluster)$/i;

/** `mcr.microsoft.com/mssql/server:2022` → `mssql`. */
const nameOf = (image: string): string => {
  const path = image.split('@')[0]!.split('/');
  const last = path.at(-1)!.split(':')[0]!;
  return GENERIC.test(last) ? (path.at(-2) ?? last) : last;
};

/**
 * Whether an image is that of a program that keeps the data of others. Its name begins or ends with
 * that of the program: `cp-kafka`, `redis-stack`; in the middle it says what something else works with.
 */
export const isDataStoreImage = (image: string): boolean => {
  const words = nameOf(image).split(/[-_.]/);
  const isProgram = [words[0]!, words.at(-1)!].some((word) => PROGRAMS.test(word));
  return isProgram && !words.some((word) => BESIDE.test(word));
};
