import { describe, expect, it } from "vitest";
import { describeJdbcDatabase } from "./found-database.ts";
import { parseJdbcUrl } from "./url.ts";

function summary(text: string) {
  const url = parseJdbcUrl(text);
  if (url === undefined) return undefined;
  const { kind, hosts, database, user, password } = url;
  const [first] = hosts;
  return [kind, first?.host, first?.port, database, user, password];
}

const none = undefined;

describe("parseJdbcUrl for MySQL and MariaDB", () => {
  it.each([
    ["jdbc:mysql://db1.example.org:3306/confluence", ["mysql", "db1.example.org", 3306, "confluence", none, none]],
    [
      "jdbc:mysql://db1/confluence?useUnicode=true&characterEncoding=utf8",
      ["mysql", "db1", none, "confluence", none, none],
    ],
    ["  JDBC:MySQL://db1/confluence ", ["mysql", "db1", none, "confluence", none, none]],
    ["jdbc:mysql:///confluence", ["mysql", "localhost", none, "confluence", none, none]],
    ["jdbc:mysql://:3307/confluence", ["mysql", "localhost", 3307, "confluence", none, none]],
    ["jdbc:mysql://db1", ["mysql", "db1", none, none, none, none]],
    ["jdbc:mysql://db1/", ["mysql", "db1", none, none, none, none]],
    ["jdbc:mysql://db1?user=u", ["mysql", "db1", none, none, "u", none]],
    ["jdbc:mysql://[::1]:3306/wiki", ["mysql", "::1", 3306, "wiki", none, none]],
    ["jdbc:mysql://[fe80::1%25eth0]/wiki", ["mysql", "fe80::1%eth0", none, "wiki", none, none]],
    ["jdbc:mysql://user:pw@db1:3306/wiki", ["mysql", "db1", 3306, "wiki", "user", "pw"]],
    ["jdbc:mysql://user:p%40s%3As%2Fw@db1/wiki", ["mysql", "db1", none, "wiki", "user", "p@s:s/w"]],
    ["jdbc:mysql://user:p@w@db1/wiki", ["mysql", "db1", none, "wiki", "user", "p@w"]],
    ["jdbc:mysql://user@db1/wiki", ["mysql", "db1", none, "wiki", "user", none]],
    ["jdbc:mysql://user:@db1/wiki", ["mysql", "db1", none, "wiki", "user", ""]],
    ["jdbc:mysql://db1/wiki?user=u&password=a%26b+c%", ["mysql", "db1", none, "wiki", "u", "a%26b+c%"]],
    ["jdbc:mysql://db1/wiki?user=u&password=a%26b+c", ["mysql", "db1", none, "wiki", "u", "a&b+c"]],
    ["jdbc:mysql://db1/wiki?password=a=b", ["mysql", "db1", none, "wiki", none, "a=b"]],
    ["jdbc:mysql://db1,db2:3307/wiki", ["mysql", "db1", none, "wiki", none, none]],
    ["jdbc:mysql://u:p@db1,u2:p2@db2/wiki", ["mysql", "db1", none, "wiki", "u", "p"]],
    ["jdbc:mysql://u:p@[db1:3310,db2]/wiki", ["mysql", "db1", 3310, "wiki", "u", "p"]],
    [
      "jdbc:mysql://address=(protocol=tcp)(host=db1.example.org)(port=3306)/jiradb?useUnicode=true",
      ["mysql", "db1.example.org", 3306, "jiradb", none, none],
    ],
    ["jdbc:mysql://ADDRESS=(host=::1)(port=3306)(user=u)(password=p)/db", ["mysql", "::1", 3306, "db", "u", "p"]],
    ["jdbc:mysql://address=(host=[::1])/db", ["mysql", "::1", none, "db", none, none]],
    ["jdbc:mysql://(host=db1,port=3307)/db", ["mysql", "db1", 3307, "db", none, none]],
    ["jdbc:mysql://u:p@[(host=db1,port=3307),db2]/db", ["mysql", "db1", 3307, "db", "u", "p"]],
    ["jdbc:mysql://(host=db1,password=a@b)/db", ["mysql", "db1", none, "db", none, "a@b"]],
    ["jdbc:mysql:loadbalance://h1,h2/db", ["mysql", "h1", none, "db", none, none]],
    ["jdbc:mysql:replication://h1:3311,h2/db", ["mysql", "h1", 3311, "db", none, none]],
    ["jdbc:mysql://db1/my%20wiki", ["mysql", "db1", none, "my wiki", none, none]],
    ["jdbc:mariadb://h1:3306,h2/db?sslMode=trust", ["mariadb", "h1", 3306, "db", none, none]],
    ["jdbc:mariadb:sequential://h1,h2/db", ["mariadb", "h1", none, "db", none, none]],
    [
      "jdbc:mariadb:loadbalance://address=(host=h1)(port=3305)(type=primary),h2/db",
      ["mariadb", "h1", 3305, "db", none, none],
    ],
  ])("reads %s", (text, expected) => {
    expect(summary(text)).toEqual(expected);
  });

  it("knows a service name, which is no host to connect to", () => {
    expect(parseJdbcUrl("jdbc:mysql+srv://_mysql._tcp.example.org/db")).toMatchObject({
      kind: "mysql",
      isServiceName: true,
    });
    expect(parseJdbcUrl("jdbc:mysql://db1/db")).toMatchObject({ isServiceName: false });
  });

  it.each([
    "jdbc:mariadb://address=(localSocket=/run/mysqld/mysqld.sock)/db",
    "jdbc:mariadb:///db?localSocket=/run/mysqld/mysqld.sock",
    "jdbc:mysql://localhost/db?socketFactory=org.newsclub.net.mysql.AFUNIXDatabaseSocketFactory&junixsocket.file=/run/mysqld/mysqld.sock",
  ])("finds the socket in %s", (text) => {
    expect(parseJdbcUrl(text)).toMatchObject({ socket: "/run/mysqld/mysqld.sock", database: "db" });
  });
});

describe("parseJdbcUrl for other databases", () => {
  it.each([
    [
      "jdbc:postgresql://db1:5432/jira?currentSchema=x&sslmode=require",
      ["postgresql", "db1", 5432, "jira", none, none],
    ],
    ["jdbc:postgresql://h1:5432,h2:5433/db?targetServerType=primary", ["postgresql", "h1", 5432, "db", none, none]],
    ["jdbc:postgresql://[::1]:5432/db?user=u&password=p%3Dw", ["postgresql", "::1", 5432, "db", "u", "p=w"]],
    ["jdbc:postgresql:jira", ["postgresql", "localhost", none, "jira", none, none]],
    ["jdbc:postgresql:/", ["postgresql", "localhost", none, none, none, none]],
    ["jdbc:postgresql://db1/", ["postgresql", "db1", none, none, none, none]],
    [
      "jdbc:sqlserver://db1\\SQLEXPRESS:1433;databaseName=jira;encrypt=true;user=sa;password=p",
      ["sqlserver", "db1", 1433, "jira", "sa", "p"],
    ],
    ["jdbc:sqlserver://;serverName=db2;databaseName=jira", ["sqlserver", "db2", none, "jira", none, none]],
    ["jdbc:jtds:sqlserver://h:1433/db;instance=X", ["sqlserver", "h", 1433, "db", none, none]],
    ["jdbc:oracle:thin:@h:1521:ORCL", ["oracle", "h", 1521, "ORCL", none, none]],
    ["jdbc:oracle:thin:@//h:1521/service.example.org", ["oracle", "h", 1521, "service.example.org", none, none]],
    [
      "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=h)(PORT=1522))(CONNECT_DATA=(SERVICE_NAME=s)))",
      ["oracle", "h", 1522, "s", none, none],
    ],
  ])("reads %s", (text, expected) => {
    expect(summary(text)).toEqual(expected);
  });

  it.each([
    ["jdbc:h2:file:/home/c/database/h2db;MV_STORE=FALSE", "h2", "/home/c/database/h2db"],
    ["jdbc:h2:/home/c/database/h2db", "h2", "/home/c/database/h2db"],
    ["jdbc:hsqldb:/home/c/database/confluencedb", "hsqldb", "/home/c/database/confluencedb"],
    ["jdbc:hsqldb:file:/home/c/database/confluencedb;hsqldb.tx=MVCC", "hsqldb", "/home/c/database/confluencedb"],
    ["jdbc:hsqldb:hsql://localhost/db", "hsqldb", undefined],
    ["jdbc:derby:/home/c/database;create=true", "derby", "/home/c/database"],
    ["jdbc:derby://localhost:1527/db", "derby", undefined],
  ])("knows the built-in database %s", (text, kind, file) => {
    expect(parseJdbcUrl(text)).toMatchObject({ kind, file });
  });

  it.each([
    "",
    "mysql://db1/wiki",
    "jdbc:mysql:db1/wiki",
    "jdbc:mysql://db1:port/wiki",
    "jdbc:mysql://[::1/wiki",
    "jdbc:postgresql://db1:port/wiki",
    "jdbc:db2://db1/wiki",
    "jdbc:",
  ])("refuses %j", (text) => {
    expect(parseJdbcUrl(text)).toBeUndefined();
  });
});

describe("describeJdbcDatabase", () => {
  it.each([
    ["jdbc:mysql://h/d", undefined],
    ["jdbc:mysql://h/d?useSSL=false", "disabled"],
    ["jdbc:mysql://h/d?useSSL=true", "preferred"],
    ["jdbc:mysql://h/d?useSSL=true&requireSSL=true", "required"],
    ["jdbc:mysql://h/d?useSSL=true&verifyServerCertificate=true", "verify-ca"],
    ["jdbc:mysql://h/d?sslMode=DISABLED", "disabled"],
    ["jdbc:mysql://h/d?sslMode=VERIFY_CA", "verify-ca"],
    ["jdbc:mysql://h/d?sslMode=VERIFY_IDENTITY&useSSL=false", "verify-identity"],
    ["jdbc:mariadb://h/d?sslMode=verify-full", "verify-identity"],
    ["jdbc:postgresql://h/d?sslmode=require", "required"],
  ])("takes encryption from %s", (text, mode) => {
    const url = parseJdbcUrl(text);
    expect(url && describeJdbcDatabase(url, "file").tls?.mode).toBe(mode);
  });

  it("takes the certificate authorities that pgjdbc names", () => {
    const url = parseJdbcUrl("jdbc:postgresql://h/d?sslmode=verify-ca&sslrootcert=/etc/ca.pem");
    expect(url && describeJdbcDatabase(url, "file").tls).toEqual({ mode: "verify-ca", caFile: "/etc/ca.pem" });
  });
});
