module startgate.example/bench/client_ip

go 1.21

require github.com/realclientip/realclientip-go v1.0.0
