namespace Rollouts.AnalysisController.Tests.Scraping;

public static class Bodies
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

    /// <summary>Bodies of which each line costs much in its own way.</summary>
    public static TheoryData<string, string> Dear()
    {
        const int count = 40_000;
        return new()
        {
            { "a name for each sample", Lines(n => $"a{n} 1\n") },
            { "a name with a stem for each sample", Lines(n => $"a{n}_b 1\n") },
            { "a family without samples for each line", Lines(n => $"# TYPE a{n} gauge\n") },
            { "a help text for each line", Lines(n => $"# HELP a{n} text {n}\n") },
            { "a value that no other has", Lines(n => $"a{{n=\"{n}\"}} 1\n") },
            { "names of labels that no other has", Lines(n => $"a{{n{n}=\"{n}\",m{n}=\"{n}\"}} 1\n") },
            { "many labels", Lines(n => $"a{{b=\"1\",c=\"{n}\",d=\"{n}\",e=\"{n}\",f=\"{n}\",g=\"{n}\"}} 1\n") },
            { "escapes", Lines(n => $"a{{n=\"\\\\\\\\{n}\"}} 1\n") },
            { "blank lines", new string('\n', count * 10) },
            { "names that alternate", Lines(n => $"a{n % 2}{{n=\"{n}\"}} 1\n") },
            { "comments", Lines(n => "#x\n") },
            { "comments that no other has", Lines(n => $"#{n}\n") },
            { "a service", Service(ofRequests: 20_000, others: 20_000) },
            { "nothing", "" },
        };

        static string Lines(Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(line));
    }
}
