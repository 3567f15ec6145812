#include <startgate/openssl/tls_stream.hpp>

#include "support/certificates.hpp"
#include "support/redis_server.hpp"

#include <startgate/service/redis_connection.hpp>
#include <startgate/service/redis_shared_store.hpp>
#include <startgate/store/redis.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace startgate::test {

struct tls_stream : testing::Test {
  std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("startgate_tls_" + std::to_string(::getpid()));
  issued root = authority("Test Root"), other_root = authority("Another Root");
  issued server_certificate =
      issue({.subject = {{"CN", "redis"}}, .extensions = {{NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"}}}, &root);

  tls_stream() { std::filesystem::create_directories(folder); }
  ~tls_stream() override { std::filesystem::remove_all(folder); }

  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(folder / name) << content;
    return (folder / name).string();
  }

  static std::string key_of(const issued& who) {
    const openssl::bio_pointer sink(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(sink.get(), who.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(sink.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }

  std::vector<std::string> server_options(unsigned short port) const {
    return {"--port",
            "0",
            "--tls-port",
            std::to_string(port),
            "--tls-auth-clients",
            "no",
            "--tls-cert-file",
            file("server.pem", server_certificate.pem()),
            "--tls-key-file",
            file("server.key", key_of(server_certificate)),
            "--tls-ca-cert-file",
            file("root.pem", root.pem())};
  }

  static std::shared_ptr<openssl::tls_connector> to(const std::string& host, unsigned short port,
                                                    const std::string& authorities) {
    return std::make_shared<openssl::tls_connector>(std::make_shared<store::tcp_connector>(host, port), host,
                                                    openssl::tls_options{.authorities = authorities});
  }
  static bool reaches(const std::string& host, unsigned short port, const std::string& authorities) {
    return to(host, port, authorities)->connect(store::after(2 * second)) != nullptr;
  }
};

TEST_F(tls_stream, carries_a_store) {
  redis_server server([&](unsigned short port) { return server_options(port); });
  redis_options options;
  options.connection.server = to("localhost", server.port(), file("root.pem", root.pem()));
  options.connection.deadline = 2 * second;
  redis_store store(options);
  ASSERT_TRUE(store.connected());
  const quota q = *quota::make(5, hour, 5);
  const charge c{bucket_keys(store.seed()).of(bucket_space::start_per_address, "a"), &q};
  limit_outcome out;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(store.take({&c, 1}, hour, {&out, 1}));
  EXPECT_FALSE(store.take({&c, 1}, hour, {&out, 1}));
  EXPECT_FALSE(out.degraded);
  server.kill();  // and no SIGPIPE ends the process
  const charge d{bucket_keys(store.seed()).of(bucket_space::start_per_address, "d"), &q};
  for (int i = 0; i < 5; ++i) (void)store.take({&d, 1}, hour, {&out, 1});
  EXPECT_TRUE(out.degraded);
}

TEST_F(tls_stream, trusts_only_a_server_that_its_authorities_vouch_for_by_this_name) {
  redis_server server([&](unsigned short port) { return server_options(port); });
  const std::string right = file("root.pem", root.pem()), wrong = file("other.pem", other_root.pem());
  EXPECT_TRUE(reaches("localhost", server.port(), right));
  EXPECT_TRUE(reaches("127.0.0.1", server.port(), right));
  EXPECT_FALSE(reaches("localhost", server.port(), wrong));
  EXPECT_FALSE(reaches("localhost", server.port(), "")) << "nor do the system's authorities know it";
  EXPECT_FALSE(reaches("127.0.0.2", server.port(), right)) << "another address than the certificate names";
}

TEST_F(tls_stream, is_chosen_by_the_url) {
  const auto kind = [](const char* url) { return connection_to(*store::parse_redis_url(url)).server; };
  EXPECT_NE(dynamic_cast<const openssl::tls_connector*>(kind("rediss://h").get()), nullptr);
  EXPECT_NE(dynamic_cast<const store::tcp_connector*>(kind("redis://h").get()), nullptr);
  EXPECT_NE(dynamic_cast<const store::unix_connector*>(kind("unix:/h").get()), nullptr);
  EXPECT_EQ(connection_to(*store::parse_redis_url("redis://ada:word@h/4")).database, 4U);
}

TEST_F(tls_stream, carries_the_store_that_a_policy_names_by_a_rediss_url) {
  redis_server server([&](unsigned short port) { return server_options(port); });
  const store_order order{{.url = "rediss://localhost:" + std::to_string(server.port()), .deadline_ms = 2'000}, "acme"};
  EXPECT_NE((*open_redis(order))->trouble(), "") << "the system's authorities do not vouch for it";
  ASSERT_EQ(::setenv("SSL_CERT_FILE", file("root.pem", root.pem()).c_str(), 1), 0);
  const auto trusted = open_redis(order);
  ::unsetenv("SSL_CERT_FILE");
  ASSERT_TRUE(trusted);
  EXPECT_EQ((*trusted)->trouble(), "");
  const quota q = *quota::make(5, hour, 5);
  const charge c{bucket_keys((*trusted)->seed()).of(bucket_space::start_per_address, "a"), &q};
  limit_outcome out;
  EXPECT_TRUE((*trusted)->take({&c, 1}, hour, {&out, 1}));
  EXPECT_FALSE(out.degraded);
}

TEST_F(tls_stream, does_not_connect_with_files_that_it_cannot_read) {
  const auto none = to("localhost", 1, (folder / "missing.pem").string());
  EXPECT_FALSE(none->usable());
  EXPECT_EQ(none->connect(store::after(second)), nullptr);
}

}  // namespace startgate::test
