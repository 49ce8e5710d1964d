using System.Net;

namespace Rollouts.LocalCluster.Traffic;

/// <summary>A ready pod behind a Service.</summary>
internal sealed record RouteTarget(string Pod, IPEndPoint EndPoint, TrafficArm Arm);
