namespace Rollouts.AnalysisController.Tests.Scraping;

internal static class Bodies
{
    /// <summary>As Spring Boot exports it: a histogram of requests, and many small families beside it.</summary>
    public static string Service(int ofRequests, int others) =>
        "# TYPE http_server_requests_seconds histogram\n"
        + string.Concat(Enumerable.Range(0, ofRequests).Select(i =>
            $"http_server_requests_seconds_bucket{{method=\"GET\",outcome=\"SUCCESS\",status=\"200\","
            + $"uri=\"/api/orders/{i / 70}\",le=\"{0.001 * (i % 70):0.###}\"}} {i}\n"))
        + string.Concat(Enumerable.Range(0, others).Select(i =>
            $"# TYPE jvm_thing_{i / 8} gauge\n"[..(i % 8 == 0 ? ^0 : 0)]
            + $"jvm_thing_{i / 8}{{area=\"heap\",id=\"Thing {i % 8}\"}} {i}.5\n"));
}
