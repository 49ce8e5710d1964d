using Rollouts.Api;

return await ApiProgram.RunAsync(args, Console.Out, Console.Error);
