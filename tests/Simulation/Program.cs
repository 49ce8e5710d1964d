using Rollouts.Simulation.Calibration;

using Xunit.Runner.InProc.SystemConsole;

return args is ["calibrate", .. var rest] ? Calibrate.Run(rest) : await ConsoleRunner.Run(args);
