using System.Net;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Requests;

namespace Rollouts.LocalCluster.Pods;

/// <summary>Writes to objects that may be deleted at the same moment: gone is an answer here, not an error.</summary>
internal static class ClusterWrites
{
    extension(ClusterObjects objects)
    {
        /// <returns>False when the object is gone.</returns>
        public bool TryMergePatch(
            string resource,
            string @namespace,
            string name,
            JsonObject patch,
            string? subresource = null)
        {
            try
            {
                objects.MergePatch(resource, @namespace, name, patch, subresource);
                return true;
            }
            catch (ApiException refused) when (refused.Status.Code == (int)HttpStatusCode.NotFound)
            {
                return false;
            }
        }

        /// <returns>False when the namespace is going away or the object is there already.</returns>
        public bool TryCreate(string resource, string @namespace, JsonObject body)
        {
            try
            {
                objects.Create(resource, @namespace, body);
                return true;
            }
            catch (ApiException refused) when (refused.Status.Code is
                (int)HttpStatusCode.NotFound or (int)HttpStatusCode.Conflict or (int)HttpStatusCode.Forbidden)
            {
                return false;
            }
        }

        public void TryDelete(string resource, string @namespace, string name, DeleteOptions? options = null)
        {
            try
            {
                objects.Delete(resource, @namespace, name, options);
            }
            catch (ApiException refused) when (refused.Status.Code is
                (int)HttpStatusCode.NotFound or (int)HttpStatusCode.Conflict)
            {
                // Somebody else was faster, which is what we wanted; the name may be that of a new object by now.
            }
        }
    }
}
